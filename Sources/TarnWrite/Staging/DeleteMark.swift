import TarnColumns
import TarnTable

extension ChangeBatch {
    /// The changes as Hudi takes them where the table has the Boolean column `_hoodie_is_deleted`: a row in which it is true
    /// deletes its key, by its ordering value (hudi-format §7.2).
    func applyingDeleteMark() -> ChangeBatch {
        guard let mark = rows[MetaFields.deleteMark], mark.type == .boolean else { return self }
        var kinds = self.kinds ?? [ChangeKind](repeating: .upsert, count: rows.rowCount)
        for row in 0..<rows.rowCount where kinds[row] == .upsert && mark.cell(at: row) == true { kinds[row] = .delete }
        return ChangeBatch(rows: rows, kinds: kinds, eventTimes: eventTimes)
    }
}
