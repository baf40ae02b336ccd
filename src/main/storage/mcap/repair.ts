import { readdirSync } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { McapIndexedReader } from '@mcap/core';
import { z } from 'zod';
import { FileRefused } from '../../../shared/recordings/refusal';
import { makeFolder } from '../makeFolder';
import { McapChunkWriter, type McapMetadata } from './chunkWriter';
import { damageSentence } from './damage';
import { hasFooter } from './footer';
import { PartFile, realFileCalls, WritingFailed, type FileCalls } from './partFile';
import { readMcap, readMcapInSteps, type McapContent } from './readMcap';

/** A stretch without messages, in seconds from the first message; null where nothing tells. */
export interface LostStretch {
  readonly fromSeconds: number | null;
  readonly toSeconds: number | null;
  readonly reason: string;
}
export interface Repair {
  readonly file: string;
  /** The new file; undefined when none was needed, or possible. */
  readonly repaired: string | undefined;
  readonly state: 'whole' | 'repaired' | 'unreadable';
  /** Good ones. */
  readonly messages: number;
  /** Sum over the stretches of which both ends are known. */
  readonly lostSeconds: number;
  readonly lost: readonly LostStretch[];
  readonly bytesLeftOver: number;
  /** Why it is unreadable, and what to do. */
  readonly reason: string | undefined;
  /** Found from an earlier call. */
  readonly wasRepairedBefore: boolean;
  /** A sentence for each damaged place, without the name of the file; the first ones. */
  readonly findings: readonly string[];
}
export interface RepairOptions {
  /** Where the new file goes; beside the original unless said. Made when missing. */
  readonly toFolder?: string | undefined;
  /** The program and its version, for the new file. */
  readonly library: string;
  readonly calls?: FileCalls;
  readonly onProgress?: (phase: 'read' | 'write', done: number, total: number) => void;
  /** Ends the work, a few MB later; what was begun is left behind. */
  readonly signal?: AbortSignal | undefined;
}

/** Large enough to be small on disk, small enough that later damage costs little. */
const CHUNK_BYTES = 256 << 10;
const MOST_FINDINGS = 20;
const RECOVERED = 'recovered';
/** Names of a repaired file that are tried. */
const MOST_NAMES = 100;

/**
 * Writes what is good in a recording into a new file; the original is never touched. A second call finds the file that the
 * first one made, and changes nothing; a call that was killed leaves a `.repairing` file, which the next one begins anew.
 *
 * @throws FileRefused when there is no such file
 * @throws WritingFailed when the new file cannot be written, or does not hold what was put into it
 */
export async function repair(file: string, options: RepairOptions): Promise<Repair> {
  let content: McapContent;
  try {
    content = await readMcapInSteps(file, undefined, (done, total) => {
      options.signal?.throwIfAborted();
      options.onProgress?.('read', done, total);
    });
  } catch (error) {
    if (!(error instanceof FileRefused) || error.code === 'missing') throw error;
    return unreadable(file, error.sentence);
  }
  const findings = findingsOf(content);
  const common = { file, messages: content.messages, findings, reason: undefined, wasRepairedBefore: false };
  if (content.endsWith === 'footer' && content.damage.length === 0)
    return { ...common, repaired: undefined, state: 'whole', lostSeconds: 0, lost: [], bytesLeftOver: 0 };
  if (content.topics.length === 0) {
    const why = 'it holds no topic and no message that could be saved.';
    return { ...unreadable(file, `${file}: ${why}`), findings, bytesLeftOver: content.bytesLeftOver };
  }
  const strange = content.passedOver[0];
  if (strange !== undefined) {
    const why = `the topic "${strange.topic}" has messages in "${strange.encoding}", and only JSON can be repaired.`;
    return { ...unreadable(file, `${file}: ${why}`), findings, bytesLeftOver: content.bytesLeftOver };
  }
  const losses = lossesOf(content);
  const folder = options.toFolder ?? dirname(file);
  if (options.toFolder !== undefined) await ready(options.toFolder);
  const target = await targetOf(file, folder, content);
  const result: Repair = { ...common, ...losses, repaired: join(folder, target.name), state: 'repaired' };
  if (target.isThere) return { ...result, wasRepairedBefore: true };
  await write(content, losses, folder, target.name, options);
  return result;
}

/** The files of a folder that a crash may have left: parts, and recordings without a footer. In the order of their names. */
export function leftoversIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name)
    .sort()
    .filter((name) => name.endsWith('.mcap.part') || (name.endsWith('.mcap') && !hasFooter(join(folder, name))))
    .map((name) => join(folder, name));
}

function unreadable(file: string, reason: string): Repair {
  return {
    file,
    repaired: undefined,
    state: 'unreadable',
    messages: 0,
    lostSeconds: 0,
    lost: [],
    bytesLeftOver: 0,
    reason,
    wasRepairedBefore: false,
    findings: [],
  };
}

// ── what is lost ──

interface Losses {
  readonly lost: readonly LostStretch[];
  readonly lostSeconds: number;
  readonly bytesLeftOver: number;
}

function lossesOf(content: McapContent): Losses {
  const { firstTime, lastTime, damage, tail, bytesLeftOver } = content;
  const seconds = (time: bigint | undefined) => (time === undefined || firstTime === undefined ? null : Number(time - firstTime) / 1e9);
  const lost: LostStretch[] = damage
    .filter(({ holdsMessages }) => holdsMessages)
    .map(({ timeBefore, timeAfter, reason }) => ({ fromSeconds: seconds(timeBefore), toSeconds: seconds(timeAfter), reason }));
  if (tail.holdsMessages) {
    const { claimedTime } = tail;
    // the torn chunk's own word, if it can be true
    const isCredible = claimedTime !== undefined && lastTime !== undefined && claimedTime >= lastTime && claimedTime - lastTime < HOUR;
    const to = isCredible ? claimedTime : undefined;
    lost.push({ fromSeconds: seconds(lastTime), toSeconds: seconds(to), reason: 'the file ends in the middle of a chunk' });
  }
  const spans = lost.map(({ fromSeconds, toSeconds }) => (fromSeconds === null || toSeconds === null ? 0 : toSeconds - fromSeconds));
  const lostSeconds = spans.reduce((sum, span) => sum + Math.max(0, span), 0);
  return { lost, lostSeconds: Math.round(lostSeconds * 1e9) / 1e9, bytesLeftOver };
}
const HOUR = 3_600_000_000_000n;

function findingsOf({ damage, moreDamage }: McapContent): string[] {
  const more = damage.length - MOST_FINDINGS + moreDamage;
  const shown = damage.slice(0, MOST_FINDINGS).map(damageSentence);
  return more > 0 ? [...shown, `And ${more} more places like these.`] : shown;
}

// ── the new file ──

const statement = z.object({ source: z.string(), sourceBytes: z.string(), messages: z.string() });

/** A free name, or that of the file in which an earlier call has saved the same one. */
async function targetOf(file: string, folder: string, { bytes, messages }: McapContent): Promise<{ name: string; isThere: boolean }> {
  const source = basename(file);
  const stem = source.replace(/\.part$/, '').replace(/\.mcap$/, '');
  const names = [`${stem}.mcap`, `${stem} repaired.mcap`];
  for (let k = 2; k < MOST_NAMES; k++) names.push(`${stem} repaired ${k}.mcap`);
  for (const name of names) {
    const path = join(folder, name);
    if (!realFileCalls.exists(path)) return { name, isThere: false };
    const states = statementOf(path);
    const isOurs = states?.source === source && states.sourceBytes === String(bytes) && states.messages === String(messages);
    if (isOurs && (await countOf(path)) === messages) return { name, isThere: true };
  }
  throw new WritingFailed(
    join(folder, names[1]!),
    `${MOST_NAMES} files of this name are there already`,
    'Choose another folder with --to.',
  );
}

/** What a repaired file says of its source, and undefined for every other file. */
function statementOf(path: string): z.infer<typeof statement> | undefined {
  try {
    const { metadata, endsWith } = readMcap(path, undefined);
    const found = endsWith === 'footer' ? metadata.find(({ name }) => name === RECOVERED) : undefined;
    return statement.safeParse({ ...found?.values }).data;
  } catch {
    return undefined;
  }
}

async function write(content: McapContent, losses: Losses, folder: string, name: string, options: RepairOptions): Promise<void> {
  const { topics, messages, path } = content;
  const metadata = [...content.metadata.filter((one) => one.name !== RECOVERED), recovered(content, losses)];
  const writer = new McapChunkWriter(topics, metadata, options.library);
  const places = new Map(topics.map(({ channel }, place) => [channel, place]));
  const part = PartFile.createAnew(folder, `${name}.repairing`, name, options.calls);
  try {
    part.append(writer.head());
    const flush = () => {
      const bytes = writer.chunk();
      if (bytes !== undefined) part.append(bytes);
    };
    await readMcapInSteps(
      path,
      ({ channel, time, text }) => {
        writer.add(places.get(channel)!, time, text);
        if (writer.waitingBytes >= CHUNK_BYTES) flush();
      },
      (done, total) => {
        options.signal?.throwIfAborted();
        options.onProgress?.('write', done, total);
      },
    );
    flush();
    part.append(writer.end());
  } catch (error) {
    part.abandon();
    throw error;
  }
  const repaired = part.close();
  const count = await countOf(repaired);
  if (count === messages) return;
  await rm(repaired, { force: true });
  throw new WritingFailed(
    repaired,
    `${String(count)} messages were found in it after ${messages} were written`,
    'Try again, on another disk.',
  );
}

/** What the new file says of the old one. */
function recovered(content: McapContent, { lost, lostSeconds, bytesLeftOver }: Losses): McapMetadata {
  const values: Record<string, string> = {
    source: basename(content.path),
    sourceBytes: String(content.bytes),
    messages: String(content.messages),
    unverified: String(content.unverified),
    lostSeconds: String(lostSeconds),
    lost: JSON.stringify(lost.slice(0, 1000)),
    lostStretches: String(lost.length),
    bytesLeftOver: String(bytesLeftOver),
    attachmentsLeftOut: String(content.attachments),
    damage: JSON.stringify(content.damage.slice(0, 1000).map(({ fromByte, toByte, reason }) => ({ fromByte, toByte, reason }))),
    metadata: content.headIsRight === false ? 'may be altered: the checksum of the head was wrong' : 'as in the source',
  };
  return { name: RECOVERED, values };
}

/**
 * Messages that the library's indexed reader finds, held against those that the file claims. Another implementation than the
 * one that wrote it.
 *
 * @returns undefined when it cannot open the file, or the two differ
 */
async function countOf(path: string): Promise<number | undefined> {
  const handle = await open(path, 'r');
  try {
    const { size } = await handle.stat();
    const reader = await McapIndexedReader.Initialize({
      readable: {
        size: () => Promise.resolve(BigInt(size)),
        async read(offset, length) {
          const block = new Uint8Array(Number(length));
          const { bytesRead } = await handle.read(block, 0, block.length, Number(offset));
          return block.subarray(0, bytesRead);
        },
      },
    });
    let count = 0;
    for await (const _ of reader.readMessages()) count++;
    return BigInt(count) === reader.statistics?.messageCount ? count : undefined;
  } catch {
    return undefined;
  } finally {
    await handle.close();
  }
}

async function ready(folder: string): Promise<void> {
  try {
    await makeFolder(folder);
  } catch (error) {
    throw new WritingFailed(folder, `the folder cannot be made: ${(error as Error).message}`, 'Choose another one.', error);
  }
}
