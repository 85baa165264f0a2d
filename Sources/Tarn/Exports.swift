// What a program needs beside the table itself comes with one import.
@_exported public import TarnBase
@_exported public import TarnColumns
@_exported public import TarnRead
@_exported public import TarnServices
@_exported public import TarnStorage
@_exported public import TarnTable
