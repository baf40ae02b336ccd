/** What a recording may claim: files of others are hostile, our own are damaged some day. Bytes where nothing else is said. */
export const mcapLimits = {
  record: 64 << 20,
  /** Of a chunk, unpacked. */
  chunk: 64 << 20,
  /** Unpacked over packed. */
  ratio: 200,
  channels: 4096,
  schemas: 4096,
  metadata: 4096,
  /** Of a name. */
  name: 64 << 10,
  /** Schemas and metadata together: they are kept in memory. */
  descriptions: 64 << 20,
} as const;

/** Opcode and length stand before every record. */
export const RECORD_HEAD = 9;

/** The Metadata record that our own files end their head with: the CRC-32 of every byte before it. */
export const HEAD_CHECKSUM = 'checksum of the head';
