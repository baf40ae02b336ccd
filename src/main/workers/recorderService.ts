import type { FromRecorder, RecorderJob, ToRecorder } from '../control/recorderLink';
import { RingReader } from '../control/episodeWords';
import { RecorderRing } from '../control/recorderRing';
import { DiskWatch, freeBytesIn } from '../storage/diskWatch';
import { EpisodeFiles } from '../storage/episodeFiles';
import { makeFolder } from '../storage/makeFolder';
import { realFileCalls, type FileCalls } from '../storage/mcap/partFile';
import type { EpisodeHeader } from '../../shared/episodes/record';
import { wordOf } from '../../shared/setups/setup';

/** What a killed process may lose: one of these and a period. */
const FLUSH_MS = 40;
/** What a power cut may lose beyond it, and the time that the disk takes. */
const SYNC_MS = 100;
const TELL_MS = 250;
const DISK_MS = 10_000;

/** What the recorder may use of its thread. */
export interface RecorderHost {
  say(message: FromRecorder): void;
  onMessage(listener: (message: ToRecorder) => void): void;
  /** Milliseconds of the clock of the loop. */
  now(): number;
  leave(): void;
}

/** Takes episodes out of the ring and writes them down, until it is asked to close. @param calls  of the file system */
export function runRecorder(
  { say, onMessage, now, leave }: RecorderHost,
  { memory, folder }: RecorderJob,
  calls: FileCalls = realFileCalls,
): void {
  const ring = new RecorderRing(memory);
  const files = new EpisodeFiles(folder, nameOf, (text) => say({ kind: 'trouble', text }), freeBytesIn, calls);
  const reader = new RingReader(ring, files);
  /** Once the folder is there; where it cannot be made, the first episode says why it cannot be written. */
  const ready = makeFolder(folder).catch(() => undefined);

  /** Until when everything is on the disk. */
  let safeAt = now();
  let syncing = false;
  function flush(): void {
    reader.drain();
    files.flush();
  }
  async function sync(): Promise<void> {
    if (syncing) return;
    syncing = true;
    const from = now();
    flush();
    await files.sync();
    safeAt = from;
    syncing = false;
  }
  function tell(): void {
    const { openFile, written } = files;
    const isOpen = openFile !== undefined;
    const safeSecondsAgo = isOpen ? Math.max(0, now() - safeAt) / 1000 : null;
    say({ kind: 'status', status: { file: openFile ?? written.at(-1) ?? '', isOpen, safeSecondsAgo, dropped: ring.dropped } });
  }
  const disk = new DiskWatch();
  function watchDisk(): void {
    const text = disk.look(files.bytes, freeBytesIn(folder), now());
    if (text !== undefined) say({ kind: 'warning', text });
  }
  let timers: NodeJS.Timeout[] = [];
  void ready.then(() => {
    timers = [
      setInterval(flush, FLUSH_MS),
      setInterval(() => void sync(), SYNC_MS),
      setInterval(tell, TELL_MS),
      setInterval(watchDisk, DISK_MS),
    ];
  });
  onMessage(({ kind }) => {
    if (kind !== 'close') return;
    void ready.then(() => {
      timers.forEach(clearInterval);
      flush();
      tell();
      say({ kind: 'closed' });
      leave();
    });
  });
}

/** After the second at which it began, and what it is of. */
function nameOf({ startedAt, plant, setup, episode }: EpisodeHeader): string {
  const { name } = setup as { readonly name: string };
  return `${startedAt.slice(0, 19).replaceAll(':', '-')}-${wordOf({ name, plant })}-episode-${episode + 1}`;
}
