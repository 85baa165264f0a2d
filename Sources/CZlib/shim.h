#include <zlib.h>
/* The *Init2 functions are macros, which Swift does not import. windowBits 31 writes gzip; 47 reads zlib or gzip. */
static inline int tarn_deflateInit2(z_stream *s, int level, int bits) {
    return deflateInit2(s, level, Z_DEFLATED, bits, 8, Z_DEFAULT_STRATEGY);
}
static inline int tarn_inflateInit2(z_stream *s, int bits) { return inflateInit2(s, bits); }
