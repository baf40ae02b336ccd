/** Small recordings, and what is done to them. */
import { McapIndexedReader } from '@mcap/core';
import { McapChunkWriter, type McapMetadata, type McapTopic } from '../../../src/main/storage/mcap/chunkWriter';
import { readMcap, type McapContent, type McapMessage } from '../../../src/main/storage/mcap/readMcap';

export const topics: readonly McapTopic[] = [
  { topic: 'state', schema: 'Row', jsonSchema: { type: 'object', properties: { angle: { type: 'number' } } } },
  { topic: 'event', schema: 'Event', jsonSchema: { type: 'object' } },
];
export const metadata: readonly McapMetadata[] = [{ name: 'setup', values: { hash: '0123abc', plant: 'cartPole' } }];
export const START = 1_795_000_000_000_000_000n;

export interface Sample {
  readonly bytes: Buffer;
  /** What a good reading gives, and how far the file must go for it. */
  readonly messages: readonly { readonly topic: string; readonly time: bigint; readonly text: string; readonly whole: number }[];
  /** Where the parts begin: the head, each chunk, the end; and the size. */
  readonly edges: readonly number[];
}

/** `chunks` chunks of `each` messages, 10 ms apart. */
export function sample(chunks = 6, each = 4): Sample {
  const writer = new McapChunkWriter(topics, metadata, 'upright 0.1.0');
  const parts = [Buffer.from(writer.head())];
  const edges = [0, parts[0]!.length];
  const messages: { topic: string; time: bigint; text: string; whole: number }[] = [];
  for (let chunk = 0; chunk < chunks; chunk++) {
    const fresh = [];
    for (let i = 0; i < each; i++) {
      const k = chunk * each + i;
      const message = { topic: i === 2 ? 'event' : 'state', time: START + BigInt(k) * 10_000_000n, text: `{"angle":${k / 7},"é":"${k}"}` };
      writer.add(i === 2 ? 1 : 0, message.time, message.text);
      fresh.push(message);
    }
    const bytes = Buffer.from(writer.chunk()!);
    // a chunk is whole without its message index
    const whole = edges.at(-1)! + 9 + Number(bytes.readBigUInt64LE(1));
    messages.push(...fresh.map((message) => ({ ...message, whole })));
    parts.push(bytes);
    edges.push(edges.at(-1)! + bytes.length);
  }
  parts.push(Buffer.from(writer.end()));
  edges.push(edges.at(-1)! + parts.at(-1)!.length);
  return { bytes: Buffer.concat(parts), messages, edges };
}

/** Everything a file gives. */
export function readAll(path: string): McapContent & { readonly all: readonly McapMessage[] } {
  const all: McapMessage[] = [];
  const content = readMcap(path, (message) => all.push(message));
  return { ...content, all };
}

/** The library's indexed reader over bytes in memory. */
export const indexed = (bytes: Uint8Array): Promise<McapIndexedReader> =>
  McapIndexedReader.Initialize({
    readable: {
      size: () => Promise.resolve(BigInt(bytes.length)),
      read: (offset, length) => Promise.resolve(bytes.slice(Number(offset), Number(offset + length))),
    },
  });

export async function indexedMessages(bytes: Uint8Array): Promise<{ topic: string; time: bigint; text: string }[]> {
  const reader = await indexed(bytes);
  const found = [];
  for await (const { channelId, logTime, data } of reader.readMessages())
    found.push({ topic: reader.channelsById.get(channelId)!.topic, time: logTime, text: new TextDecoder().decode(data) });
  return found;
}
