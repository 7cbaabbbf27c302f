#include "CFloors.h"

// The library does not export its checksum; what links with it finds it by its name.
uint32_t csayiir_crc32c(uint32_t crc, const void *bytes, size_t length);

uint32_t floors_crc32c(uint32_t crc, const void *bytes, size_t length) { return csayiir_crc32c(crc, bytes, length); }
