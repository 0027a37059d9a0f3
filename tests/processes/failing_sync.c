/* Preloaded into a node: fsync and fdatasync fail while the file named by YDX_SYNC_FAILS exists. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

static int failing(void) {
    const char *flag = getenv("YDX_SYNC_FAILS");
    return flag != NULL && access(flag, F_OK) == 0;
}

static int sync_or_fail(long call, int file) {
    if (failing()) {
        errno = EIO;
        return -1;
    }
    return (int)syscall(call, file);
}

int fsync(int file) { return sync_or_fail(SYS_fsync, file); }

int fdatasync(int file) { return sync_or_fail(SYS_fdatasync, file); }
