import type { Worker } from 'node:worker_threads';
import type { RecordingStatus } from '../../shared/contract/contract';
import type { EpisodeSink } from '../../shared/episodes/record';
import { RingSink } from './episodeWords';
import { RecorderRing } from './recorderRing';

/** What the recorder thread is born with. */
export interface RecorderJob {
  readonly memory: SharedArrayBuffer;
  readonly folder: string;
}
export type ToRecorder = { readonly kind: 'close' };
export type FromRecorder =
  | { readonly kind: 'status'; readonly status: RecordingStatus }
  /** An episode is not recorded, or not to its end. */
  | { readonly kind: 'trouble'; readonly text: string }
  | { readonly kind: 'warning'; readonly text: string }
  | { readonly kind: 'closed' };

/** Some 10 s of a loop at 200 Hz with all its plans: a disk that sleeps for so long loses nothing. */
const RING_WORDS = 2 ** 19;
/** So long the recorder may take to write its last words before the process leaves without it. */
const CLOSE_MS = 1_000;

/** The recorder thread as the control process sees it: started with the first episode that is recorded, and anew when it died. */
export class RecorderLink {
  private thread: { readonly worker: Worker; readonly folder: string; readonly sink: EpisodeSink } | undefined;

  constructor(
    private readonly spawn: (job: RecorderJob) => Worker,
    private readonly heard: {
      onStatus(status: RecordingStatus): void;
      /** @param isOver  whether nothing of this episode is written any more */
      onTrouble(text: string, isOver: boolean): void;
    },
  ) {}

  /** Takes in episodes that are recorded in this folder. */
  sinkIn(folder: string): EpisodeSink {
    if (this.thread?.folder !== folder) {
      void this.close();
      this.thread = this.start(folder);
    }
    return this.thread!.sink;
  }
  /** Resolves when everything is written, or the recorder took too long over it. */
  close(): Promise<void> {
    const { thread } = this;
    this.thread = undefined;
    if (thread === undefined) return Promise.resolve();
    return new Promise((done) => {
      const leave = () => {
        clearTimeout(timer);
        done();
      };
      const timer = setTimeout(leave, CLOSE_MS);
      thread.worker.once('exit', leave);
      thread.worker.on('message', ({ kind }: FromRecorder) => void (kind === 'closed' && leave()));
      thread.worker.postMessage({ kind: 'close' } satisfies ToRecorder);
    });
  }

  private start(folder: string): NonNullable<typeof this.thread> {
    const memory = RecorderRing.memory(RING_WORDS);
    const worker = this.spawn({ memory, folder });
    let reason = 'it ended';
    worker.on('message', (message: FromRecorder) => {
      if (message.kind === 'status') this.heard.onStatus(message.status);
      else if (message.kind === 'trouble') this.heard.onTrouble(`The recording has ended: ${message.text}`, true);
      else if (message.kind === 'warning') this.heard.onTrouble(message.text, false);
    });
    worker.on('error', (error) => (reason = error.message));
    worker.on('exit', () => {
      if (this.thread?.worker !== worker) return;
      this.thread = undefined;
      this.heard.onTrouble(`The recorder ended (${reason}); the next episode starts it again.`, true);
    });
    return { worker, folder, sink: new RingSink(new RecorderRing(memory)) };
  }
}
