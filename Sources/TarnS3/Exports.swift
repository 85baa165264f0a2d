// What a program needs beside the store itself comes with one import: credentials, and the store's protocol and errors.
@_exported public import TarnHTTP
@_exported public import TarnStorage
