print("unsupported")
