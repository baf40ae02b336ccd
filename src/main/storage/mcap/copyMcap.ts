import type { PartFile } from './partFile';
import { McapChunkWriter } from './chunkWriter';
import { HEAD_CHECKSUM } from './limits';
import { readMcapInSteps } from './readMcap';
import { mustBeWhole } from './whole';

/** Bytes after which a chunk is closed. */
export const CHUNK_BYTES = 1 << 20;

/**
 * Copies the JSON messages of some topics in their order, with times, texts and metadata as they are.
 *
 * @param wanted  names of topics; undefined: all
 * @param file    takes the pieces of the copy
 * @param onStep  called now and then; what it throws ends the copying
 * @returns       messages copied, topics copied, and what was left out, a sentence each
 * @throws FileRefused when the file cannot be read or is not whole
 */
export async function copyMcap(
  path: string,
  wanted: readonly string[] | undefined,
  file: Pick<PartFile, 'append'>,
  library: string,
  onStep: (done: number, total: number) => void,
): Promise<{ readonly messages: number; readonly topics: number; readonly losses: readonly string[] }> {
  const content = await readMcapInSteps(path, undefined, onStep);
  mustBeWhole(path, content);
  const { passedOver, attachments } = content;
  const others = passedOver.map(({ topic }) => topic);
  const readable = content.topics.filter(({ topic }) => !others.includes(topic));
  const chosen = wanted === undefined ? readable : readable.filter(({ topic }) => wanted.includes(topic));
  const places = new Map(chosen.map(({ channel }, place) => [channel, place]));
  const writer = new McapChunkWriter(
    chosen,
    content.metadata.filter(({ name }) => name !== HEAD_CHECKSUM),
    library,
  );
  let messages = 0;
  const append = (bytes: Uint8Array | undefined) => bytes !== undefined && file.append(bytes);
  append(writer.head());
  await readMcapInSteps(
    path,
    ({ channel, time, text }) => {
      const place = places.get(channel);
      if (place === undefined) return;
      if (writer.waitingBytes + text.length * 3 > CHUNK_BYTES) append(writer.chunk()); // a character takes 3 bytes at most
      writer.add(place, time, text);
      messages++;
    },
    onStep,
  );
  append(writer.chunk());
  append(writer.end());
  const left = readable.filter((topic) => !chosen.includes(topic)).map(({ topic }) => topic);
  const isOurs = content.headIsRight !== undefined;
  return {
    messages,
    topics: chosen.length,
    losses: [
      ...(left.length > 0 ? [`Topics that were not asked for are left out (${listed(left)}).`] : []),
      ...(others.length > 0 ? [`Messages that are no JSON are left out (${listed(others)}).`] : []),
      ...(attachments > 0 ? [`${attachments} ${attachments === 1 ? 'attachment is' : 'attachments are'} left out.`] : []),
      ...(isOurs ? [] : ['Times of publishing, numbers of messages, notes on channels and schemas that are no JSON schema are not kept.']),
    ],
  };
}

/** The first few names. */
export const listed = (names: readonly string[]): string =>
  names.slice(0, 5).join(', ') + (names.length > 5 ? ` and ${names.length - 5} more` : '');
