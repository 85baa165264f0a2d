#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <malloc.h>
#include <string.h>
#include <sys/file.h>
#include <sys/syscall.h>
#include <fcntl.h>
#include <unistd.h>

// Macros and calls that Swift does not see, because glibc shows them only with _GNU_SOURCE.
static const int tarn_O_TMPFILE = 020000000 | O_DIRECTORY;
static const long tarn_UTIME_OMIT = (1l << 30) - 2l;

// renameat2(2) with RENAME_NOREPLACE: fails with EEXIST where rename(2) would replace.
static inline int tarn_rename_no_replace(const char *from, const char *to) {
    return (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 1u);
}
