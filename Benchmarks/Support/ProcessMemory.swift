import CGlibcExtra

/// What `tarn` sets for its process, and a program that embeds the library may set too.
package enum ProcessMemory {
    /// Blocks of a page's size stay with the process, larger ones and the free end of the heap go back to the system.
    package static func prepare() {
        mallopt(M_MMAP_THRESHOLD, 4 << 20)
        mallopt(M_TRIM_THRESHOLD, 4 << 20)
        mallopt(M_ARENA_MAX, 2)
    }
}
