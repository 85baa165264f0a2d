import Tarn
import TarnS3

/// The same table in a bucket: `S3Lake s3://bucket/prefix`, credentials and endpoint from the environment.
@main
struct S3Lake {
    struct Trip: Codable { var id, city: String; var fare: Double; var ts: Int64 }

    static func main() async throws {
        guard CommandLine.arguments.count == 2, let address = S3Address(CommandLine.arguments[1]) else {
            return print("usage: S3Lake s3://bucket/prefix")
        }
        let schema: Schema = [
            Field("id", .string, nullable: false), Field("city", .string, nullable: false),
            Field("fare", .double), Field("ts", .int64, nullable: false),
        ]
        var configuration = TableConfiguration(name: "trips", schema: schema, recordKey: ["id"])
        configuration.orderingFields = ["ts"]
        let lake = try S3Store(.standard(for: address))
        let trips = try await Table.create(configuration, at: "trips", in: lake)
        try await trips.upsert(RecordBatch([Trip(id: "t-17", city: "Oslo", fare: 31.5, ts: 1)], schema: schema))
        for trip in try await trips.snapshot().scan().rows(as: Trip.self) { print(trip.id, trip.city, trip.fare) }
    }
}
