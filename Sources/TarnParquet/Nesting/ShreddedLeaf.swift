import TarnColumns

/// What a run of rows puts into one leaf column: levels, and which of the column's values are there.
struct ShreddedLeaf {
    enum DefinitionLevels {
        /// All slots have this level.
        case uniform(UInt8)
        /// A set bit is `present`, a clear one the level below.
        case validity(Bitmap, present: UInt8)
        case levels([UInt8])
    }

    let leaf: LeafColumn
    /// Levels, nulls and empty lists included.
    let slotCount: Int
    let definitionLevels: DefinitionLevels
    /// Empty when nothing on the path repeats.
    let repetitionLevels: [UInt8]
    let values: Column
    /// Which rows of `values` are there, in order; nil for all of them.
    let rows: [Int32]?

    var valueCount: Int { rows?.count ?? values.count }
}
