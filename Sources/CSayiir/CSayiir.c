// What Swift's standard library and Glibc overlay lack: fdatasync, open-file-description locks and a checksum
// that uses the processor's instruction for it.

#define _GNU_SOURCE
#include "CSayiir.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#if defined(__APPLE__)
#include <sys/file.h>
#endif

// MARK: Checksum

// One table step a byte: the portable path, and the tail of the fast ones.
static uint32_t table[256];

__attribute__((constructor)) static void fill_table(void) {
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t crc = i;
        for (int bit = 0; bit < 8; bit++) {
            crc = (crc >> 1) ^ ((crc & 1) ? 0x82F63B78u : 0);
        }
        table[i] = crc;
    }
}

static uint32_t crc32c_portable(uint32_t crc, const uint8_t *bytes, size_t length) {
    for (size_t i = 0; i < length; i++) {
        crc = (crc >> 8) ^ table[(crc ^ bytes[i]) & 0xFF];
    }
    return crc;
}

#if defined(__x86_64__)
#include <nmmintrin.h>

__attribute__((target("sse4.2"))) static uint32_t crc32c_hardware(uint32_t crc, const uint8_t *bytes, size_t length) {
    uint64_t wide = crc;
    while (length >= 8) {
        uint64_t word;
        memcpy(&word, bytes, 8);
        wide = _mm_crc32_u64(wide, word);
        bytes += 8;
        length -= 8;
    }
    crc = (uint32_t)wide;
    while (length--) {
        crc = _mm_crc32_u8(crc, *bytes++);
    }
    return crc;
}

static int has_hardware(void) { return __builtin_cpu_supports("sse4.2"); }

#elif defined(__aarch64__) && defined(__ARM_FEATURE_CRC32)
#include <arm_acle.h>

static uint32_t crc32c_hardware(uint32_t crc, const uint8_t *bytes, size_t length) {
    while (length >= 8) {
        uint64_t word;
        memcpy(&word, bytes, 8);
        crc = __crc32cd(crc, word);
        bytes += 8;
        length -= 8;
    }
    while (length--) {
        crc = __crc32cb(crc, *bytes++);
    }
    return crc;
}

static int has_hardware(void) { return 1; }

#else

static uint32_t crc32c_hardware(uint32_t crc, const uint8_t *bytes, size_t length) {
    return crc32c_portable(crc, bytes, length);
}

static int has_hardware(void) { return 0; }

#endif

uint32_t csayiir_crc32c(uint32_t crc, const void *bytes, size_t length) {
    crc = ~crc;
    crc = has_hardware() ? crc32c_hardware(crc, bytes, length) : crc32c_portable(crc, bytes, length);
    return ~crc;
}

// MARK: Files

int csayiir_synchronize(int descriptor) {
#if defined(__APPLE__)
    // A plain fsync leaves the data in the drive's cache there.
    return fcntl(descriptor, F_FULLFSYNC) == -1 ? errno : 0;
#else
    return fdatasync(descriptor) == -1 ? errno : 0;
#endif
}

int csayiir_working_directory(void) { return AT_FDCWD; }

int csayiir_open_at(int directory, const char *path, int flags) {
    // A FIFO with the name of a file would hold up an open that waits.
    int descriptor = openat(directory, path, flags | O_CLOEXEC | O_NONBLOCK, 0644);
    if (descriptor < 0) return -errno;
    struct stat information;
    int code = fstat(descriptor, &information) == -1 ? errno : 0;
    if (code == 0 && S_ISDIR(information.st_mode) && !(flags & O_DIRECTORY)) code = EISDIR;
    if (code == 0 && !S_ISREG(information.st_mode) && !S_ISDIR(information.st_mode)) code = EINVAL;
    if (code == 0) return descriptor;
    close(descriptor);
    return -code;
}

int csayiir_synchronize_directory(int directory, const char *path) {
    int descriptor = openat(directory, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) return errno;
    // fsync, not fdatasync: what a directory holds is metadata.
    int code = fsync(descriptor) == -1 ? errno : 0;
    close(descriptor);
    return code;
}

#if defined(F_OFD_SETLK)

int csayiir_lock(int descriptor) {
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    if (fcntl(descriptor, F_OFD_SETLK, &lock) == 0) return 0;
    return errno == EACCES ? EAGAIN : errno;
}

int csayiir_is_locked_elsewhere(int descriptor) {
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    if (fcntl(descriptor, F_OFD_GETLK, &lock) == -1) return -errno;
    return lock.l_type != F_UNLCK;
}

#else

int csayiir_lock(int descriptor) {
    if (flock(descriptor, LOCK_EX | LOCK_NB) == 0) return 0;
    return errno == EWOULDBLOCK ? EAGAIN : errno;
}

int csayiir_is_locked_elsewhere(int descriptor) {
    if (flock(descriptor, LOCK_SH | LOCK_NB) == 0) {
        flock(descriptor, LOCK_UN);
        return 0;
    }
    return errno == EWOULDBLOCK ? 1 : -errno;
}

#endif

void csayiir_error_text(int code, char *buffer, size_t length) {
#if defined(__GLIBC__)
    const char *text = strerror_r(code, buffer, length);
    if (text != buffer) {
        strncpy(buffer, text, length - 1);
        buffer[length - 1] = 0;
    }
#else
    if (strerror_r(code, buffer, length) != 0) {
        strncpy(buffer, "unknown error", length - 1);
        buffer[length - 1] = 0;
    }
#endif
}

static _Thread_local const void *thread_mark;

const void *csayiir_thread_mark(void) { return thread_mark; }

void csayiir_set_thread_mark(const void *mark) { thread_mark = mark; }
