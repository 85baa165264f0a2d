// Files of the table `golden/spark-lab/v6-0.15-cow-savepoint-clean`, written by Spark with Hudi 0.15.0: the schema in the header, and
// the bytes behind the header.
enum SparkCleanFacts {
    static let cleanPlanSchema = #"""
        {"type":"record","name":"HoodieCleanerPlan","namespace":"org.apache.hudi.avro.model","fields":[{"name":"earliestInstantToRetain","type":["null",{"type":"record","name":"HoodieActionInstant","fields":[{"name":"timestamp","type":{"type":"string","avro.java.string":"String"}},{"name":"action","type":{"type":"string","avro.java.string":"String"}},{"name":"state","type":{"type":"string","avro.java.string":"String"}}]}],"default":null},{"name":"lastCompletedCommitTimestamp","type":{"type":"string","avro.java.string":"String"},"default":""},{"name":"policy","type":{"type":"string","avro.java.string":"String"}},{"name":"filesToBeDeletedPerPartition","type":["null",{"type":"map","values":{"type":"array","items":{"type":"string","avro.java.string":"String"}},"avro.java.string":"String"}],"default":null},{"name":"version","type":["int","null"],"default":1},{"name":"filePathsToBeDeletedPerPartition","type":["null",{"type":"map","values":{"type":"array","items":{"type":"record","name":"HoodieCleanFileInfo","fields":[{"name":"filePath","type":["null",{"type":"string","avro.java.string":"String"}],"default":null},{"name":"isBootstrapBaseFile","type":["null","boolean"],"default":null}]}},"avro.java.string":"String"}],"doc":"This field replaces the field filesToBeDeletedPerPartition","default":null},{"name":"partitionsToBeDeleted","type":["null",{"type":"array","items":{"type":"string","avro.java.string":"String"}}],"doc":"partitions to be deleted","default":null},{"name":"extraMetadata","type":["null",{"type":"map","values":{"type":"string","avro.java.string":"String"},"avro.java.string":"String","default":null}],"default":null}]}
        """#
    static let cleanPlanBody = """
        o549QnXWDVC8dbzGxqm67QL2CAIiMjAyNjExMjMwMTU3NTgxNjgMY29tbWl0EkNPTVBMRVRFRCIyMDI2MTEyMzAxNTc1ODE2OCZLRUVQX0xBVEVTVF9DT01NSVRTAgAABAIGBHAwAgKU\
        AmZpbGU6L2xhYi93b3JrLzAuMTUuMC0zMjU2MS90YWJsZXMvdjYtMC4xNS1jb3ctc2F2ZXBvaW50LWNsZWFuL3AwL2ZhZjA1Mjg0LWYwNWYtNGVjYy1hYzgyLWUyZDc5ODdmZmE5ZC0w\
        XzAtMTQtMTdfMjAyNjExMjMwMTU3MzY2OTQucGFycXVldAIAAARwMQIClAJmaWxlOi9sYWIvd29yay8wLjE1LjAtMzI1NjEvdGFibGVzL3Y2LTAuMTUtY293LXNhdmVwb2ludC1jbGVh\
        bi9wMS85NzQ0OTlkNi1mNWUwLTRjMmQtYjQ0ZS0wMWJjMGIxZGQ0NGUtMF8xLTE0LTE4XzIwMjYxMTIzMDE1NzM2Njk0LnBhcnF1ZXQCAAAEcDICApQCZmlsZTovbGFiL3dvcmsvMC4x\
        NS4wLTMyNTYxL3RhYmxlcy92Ni0wLjE1LWNvdy1zYXZlcG9pbnQtY2xlYW4vcDIvN2Y5YzJkYzYtZDFhZS00ZjZmLTlmMTgtNGRkODQwN2YxYmJiLTBfMi0xNC0xOV8yMDI2MTEyMzAx\
        NTczNjY5NC5wYXJxdWV0AgAAAAIAAgIsc2F2ZXBvaW50ZWRfdGltZXN0YW1wcyIyMDI2MTEyMzAxNTc0NTA4NgCjnj1CddYNULx1vMbGqbrt
        """
    static let cleanMetadataSchema = #"""
        {"type":"record","name":"HoodieCleanMetadata","namespace":"org.apache.hudi.avro.model","fields":[{"name":"startCleanTime","type":{"type":"string","avro.java.string":"String"}},{"name":"timeTakenInMillis","type":"long"},{"name":"totalFilesDeleted","type":"int"},{"name":"earliestCommitToRetain","type":{"type":"string","avro.java.string":"String"}},{"name":"lastCompletedCommitTimestamp","type":{"type":"string","avro.java.string":"String"},"default":""},{"name":"partitionMetadata","type":{"type":"map","values":{"type":"record","name":"HoodieCleanPartitionMetadata","fields":[{"name":"partitionPath","type":{"type":"string","avro.java.string":"String"}},{"name":"policy","type":{"type":"string","avro.java.string":"String"}},{"name":"deletePathPatterns","type":{"type":"array","items":{"type":"string","avro.java.string":"String"}}},{"name":"successDeleteFiles","type":{"type":"array","items":{"type":"string","avro.java.string":"String"}}},{"name":"failedDeleteFiles","type":{"type":"array","items":{"type":"string","avro.java.string":"String"}}},{"name":"isPartitionDeleted","type":["null","boolean"],"default":null}]},"avro.java.string":"String"}},{"name":"version","type":["int","null"],"default":1},{"name":"bootstrapPartitionMetadata","type":["null",{"type":"map","values":"HoodieCleanPartitionMetadata","avro.java.string":"String","default":null}],"default":null},{"name":"extraMetadata","type":["null",{"type":"map","values":{"type":"string","avro.java.string":"String"},"avro.java.string":"String","default":null}],"default":null}]}
        """#
    static let cleanMetadataBody = """
        R8OZ5ps4zIuGgWdmCT6WrQKUCiIyMDI2MTEyMzAxNTgwMDY0N+4BBiIyMDI2MTEyMzAxNTc1ODE2OCIyMDI2MTEyMzAxNTc1ODE2OAYEcDAEcDAmS0VFUF9MQVRFU1RfQ09NTUlUUwKQ\
        AWZhZjA1Mjg0LWYwNWYtNGVjYy1hYzgyLWUyZDc5ODdmZmE5ZC0wXzAtMTQtMTdfMjAyNjExMjMwMTU3MzY2OTQucGFycXVldAACkAFmYWYwNTI4NC1mMDVmLTRlY2MtYWM4Mi1lMmQ3\
        OTg3ZmZhOWQtMF8wLTE0LTE3XzIwMjYxMTIzMDE1NzM2Njk0LnBhcnF1ZXQAAAIABHAxBHAxJktFRVBfTEFURVNUX0NPTU1JVFMCkAE5NzQ0OTlkNi1mNWUwLTRjMmQtYjQ0ZS0wMWJj\
        MGIxZGQ0NGUtMF8xLTE0LTE4XzIwMjYxMTIzMDE1NzM2Njk0LnBhcnF1ZXQAApABOTc0NDk5ZDYtZjVlMC00YzJkLWI0NGUtMDFiYzBiMWRkNDRlLTBfMS0xNC0xOF8yMDI2MTEyMzAx\
        NTczNjY5NC5wYXJxdWV0AAACAARwMgRwMiZLRUVQX0xBVEVTVF9DT01NSVRTApABN2Y5YzJkYzYtZDFhZS00ZjZmLTlmMTgtNGRkODQwN2YxYmJiLTBfMi0xNC0xOV8yMDI2MTEyMzAx\
        NTczNjY5NC5wYXJxdWV0AAKQATdmOWMyZGM2LWQxYWUtNGY2Zi05ZjE4LTRkZDg0MDdmMWJiYi0wXzItMTQtMTlfMjAyNjExMjMwMTU3MzY2OTQucGFycXVldAAAAgAAAAQCAAICLHNh\
        dmVwb2ludGVkX3RpbWVzdGFtcHMiMjAyNjExMjMwMTU3NDUwODYAR8OZ5ps4zIuGgWdmCT6WrQ==
        """
    static let savepointSchema = #"""
        {"type":"record","name":"HoodieSavepointMetadata","namespace":"org.apache.hudi.avro.model","fields":[{"name":"savepointedBy","type":{"type":"string","avro.java.string":"String"}},{"name":"savepointedAt","type":"long"},{"name":"comments","type":{"type":"string","avro.java.string":"String"}},{"name":"partitionMetadata","type":{"type":"map","values":{"type":"record","name":"HoodieSavepointPartitionMetadata","fields":[{"name":"partitionPath","type":{"type":"string","avro.java.string":"String"}},{"name":"savepointDataFile","type":{"type":"array","items":{"type":"string","avro.java.string":"String"}}}]},"avro.java.string":"String"}},{"name":"version","type":["int","null"],"default":1}]}
        """#
    static let savepointBody = """
        0JXXo+5ZlymVT9LbPtZf0AKeBAx0ZXN0ZXLsv/7hwGgOa2VlcCB2MgYEcDAEcDACkAFmYWYwNTI4NC1mMDVmLTRlY2MtYWM4Mi1lMmQ3OTg3ZmZhOWQtMF8wLTM2LTQyXzIwMjYxMTIz\
        MDE1NzQ1MDg2LnBhcnF1ZXQABHAxBHAxApABOTc0NDk5ZDYtZjVlMC00YzJkLWI0NGUtMDFiYzBiMWRkNDRlLTBfMS0zNi00M18yMDI2MTEyMzAxNTc0NTA4Ni5wYXJxdWV0AARwMgRw\
        MgKQATdmOWMyZGM2LWQxYWUtNGY2Zi05ZjE4LTRkZDg0MDdmMWJiYi0wXzItMzYtNDRfMjAyNjExMjMwMTU3NDUwODYucGFycXVldAAAAALQldej7lmXKZVP0ts+1l/Q
        """
}
