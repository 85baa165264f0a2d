// What a program needs beside the table itself comes with one import.
