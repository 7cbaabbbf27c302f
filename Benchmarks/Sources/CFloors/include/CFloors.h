#ifndef CFLOORS_H
#define CFLOORS_H

#include <stddef.h>
#include <stdint.h>

/// The log's own CRC-32C of `length` bytes, continuing from `crc` (0 to start).
uint32_t floors_crc32c(uint32_t crc, const void *bytes, size_t length);

#endif
