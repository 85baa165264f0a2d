import Tarn

@main
struct LocalLake {
    struct Trip: Codable { var id, city: String; var fare: Double; var ts: Int64 }

    static func main() async throws {
        let schema: Schema = [
            Field("id", .string, nullable: false), Field("city", .string, nullable: false),
            Field("fare", .double), Field("ts", .timestamp(.microseconds), nullable: false),
        ]
        var configuration = TableConfiguration(name: "trips", schema: schema, recordKey: ["id"])
        configuration.type = .mergeOnRead
        configuration.partitioning = .fields(["city"])
        configuration.orderingFields = ["ts"]
        configuration.mergeMode = .eventTimeOrdering
        let lake = try LocalStore(root: CommandLine.arguments[1])
        let trips = try await Table.create(configuration, at: "trips", in: lake)

        let batch = try RecordBatch([Trip(id: "t-17", city: "Oslo", fare: 31.5, ts: 1), Trip(id: "t-18", city: "Bergen", fare: 12, ts: 1)], schema: schema)
        print(try await trips.upsert(batch).statistics.inserted, "inserted")
        var options = WriteOptions()
        options.targetFileSize = .mebibytes(256)
        let later = try RecordBatch([Trip(id: "t-17", city: "Oslo", fare: 120, ts: 2)], schema: schema)
        print(try await trips.upsert(later, options: options).statistics.updated, "updated")

        let snapshot = try await trips.snapshot()
        for try await batch in snapshot.scan(columns: ["id", "fare"], where: .equal("city", "Oslo") && .greater("fare", 20)) {
            print(batch.rowCount, "in Oslo")
        }
        for trip in try await snapshot.scan(where: .greater("fare", 100)).rows(as: Trip.self) { print(trip.id, trip.fare) }
    }
}
