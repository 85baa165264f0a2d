import TarnAvro
import TarnBase

/// Why a timeline file does not hold what files of its kind hold. Whoever read the file adds its path.
package struct PayloadError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What the file should have been: `commit metadata`, `rollback plan`.
    package let payload: String
    package let message: String

    package init(_ payload: String, _ message: String) {
        self.payload = payload
        self.message = message
    }

    package var description: String { "not a legal \(payload): \(message)" }
}

/// Takes the members of a JSON object by name and type. What is missing or null is nil, and left to the caller; what has
/// another type is an error.
struct PayloadFields {
    let json: JSON
    let payload: String
    /// What the object is, for messages.
    let place: String

    func string(_ name: String) throws(PayloadError) -> String? { try take(name, "a string", \.stringValue) }
    func integer(_ name: String) throws(PayloadError) -> Int64? { try take(name, "an integer", \.intValue) }
    func boolean(_ name: String) throws(PayloadError) -> Bool? { try take(name, "true or false", \.boolValue) }
    func object(_ name: String) throws(PayloadError) -> [JSON.Member]? { try take(name, "an object", \.objectValue) }
    func array(_ name: String) throws(PayloadError) -> [JSON]? { try take(name, "an array", \.arrayValue) }

    func strings(_ name: String) throws(PayloadError) -> [String]? {
        guard let elements = try array(name) else { return nil }
        return try PayloadFields.strings(elements, of: name, payload: payload, place: place)
    }

    static func strings(_ elements: [JSON], of name: String, payload: String, place: String) throws(PayloadError) -> [String] {
        var strings: [String] = []
        for element in elements {
            guard let text = element.stringValue else { throw PayloadError(payload, "\(place): \(name) has an element \(element)") }
            strings.append(text)
        }
        return strings
    }

    private func take<Value>(
        _ name: String, _ kind: String, _ value: (JSON) -> Value?
    ) throws(PayloadError) -> Value? {
        guard let member = json[name], !member.isNull else { return nil }
        guard let typed = value(member) else { throw PayloadError(payload, "\(place): \(name) is not \(kind)") }
        return typed
    }
}

extension AvroContainer {
    /// The first record of a timeline file, which is all that Java looks at, as `schema` sees it.
    static func payload(_ file: Bytes, as schema: AvroSchema, named payload: String) throws(PayloadError) -> AvroValue {
        do {
            guard let record = try AvroContainer(parsing: file).records.first else { throw PayloadError(payload, "no record") }
            return try record.resolved(to: schema)
        } catch let error as AvroError {
            throw PayloadError(payload, "\(error)")
        } catch let error as PayloadError {
            throw error
        } catch {
            throw PayloadError(payload, "\(error)")
        }
    }
}
