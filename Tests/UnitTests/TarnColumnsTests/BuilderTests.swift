import TarnBase
import TarnColumns
import Testing

struct BuilderTests {
    @Test(arguments: RandomColumns.allTypes)
    func `a column built from cells gives the cells back, also after a slice`(type: DataType) {
        var make = RandomColumns()
        for rows in RandomColumns.edgeSizes {
            for nulls in [0, 30, 100] {
                let cells = (0..<rows).map { _ in make.cell(type, nulls: nulls) }
                let column = Column(type, cells: cells)
                #expect(column.cells == cells)
                let low = make.int(0..<(rows + 1))
                let high = make.int(low..<(rows + 1))
                #expect(column.slice(low..<high).cells == Array(cells[low..<high]))
            }
        }
    }

    @Test(arguments: RandomColumns.allTypes)
    func `truncating a builder forgets the rows behind and what was half appended`(type: DataType) {
        var make = RandomColumns()
        let builder = ColumnBuilder.make(type)
        var model: [Cell] = []
        for _ in 0..<300 {
            if make.chance(20) {
                let keep = make.int(0..<(model.count + 1))
                if let list = builder as? ListBuilder { list.elements.append(make.cell(list.elements.type, nulls: 0)) }
                builder.truncate(to: keep)
                model.removeSubrange(keep...)
            } else {
                model.append(make.cell(type, nulls: 20))
                builder.append(model[model.count - 1])
            }
        }
        #expect(builder.finish().cells == model)
        builder.append(Cell.null)
        #expect(builder.finish().cells == [.null])
    }

    @Test func `a discarded row leaves no trace and a missing value is null`() {
        let builder = BatchBuilder(schema: [Field("id", .int64), Field("name", .string), Field("tags", .list(.string))])
        builder.columns[0].appendInt64(1)
        builder.columns[1].append("one name that is longer than twelve bytes")
        builder.endRow()
        builder.columns[0].appendInt64(2)
        (builder.columns[2] as? ListBuilder)?.elements.append("lost")
        #expect(builder.hasValue(0) && !builder.hasValue(1))
        builder.discardRow()
        builder.columns[1].append("three")
        builder.endRow()
        let batch = builder.finish()
        #expect(batch.row(at: 0) == [1, "one name that is longer than twelve bytes", nil])
        #expect(batch.row(at: 1) == [nil, "three", nil])
        #expect(batch.rowCount == 2 && builder.rowCount == 0)
    }
}
