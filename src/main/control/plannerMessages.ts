import type { Setup } from '../../shared/setups/setup';
import type { TaskCost } from '../../shared/tasks/task';
import type { TunedShape } from '../../shared/rollouts/kernels/tuner';
import type { SavedModel } from '../../shared/models/model';
import type { SettingValues } from '../../shared/settings';

/** What the loop posts to the leader of the planner threads. */
export type ToPlanner =
  /** What will be configured soon: threads start, and what takes long to make is made. */
  | { readonly kind: 'prepare'; readonly setup: Setup; readonly threads: number; readonly tuned: readonly TunedShape[] }
  | {
      readonly kind: 'configure';
      readonly setup: Setup;
      readonly threads: number;
      readonly horizon: number;
      readonly searches: number;
      readonly slot: SharedArrayBuffer;
    }
  /** Settings changed while it runs: the planner is made anew where the old one left off, and the cost replaced. */
  | { readonly kind: 'settings'; readonly setup: Setup; readonly cost: TaskCost }
  | { readonly kind: 'model'; readonly model: SavedModel; readonly plantSettings: SettingValues; readonly cost: TaskCost }
  | { readonly kind: 'reset' }
  | {
      readonly kind: 'plan';
      readonly id: number;
      readonly step: number;
      readonly time: number;
      readonly state: Float64Array;
      readonly queue: Float64Array;
      readonly wantsPicture: boolean;
      /** When the search must be over, ms of the clock that loop and planner share; Infinity for no bound. */
      readonly until: number;
    };
/** What comes back. The plan itself is in the slot before `planned` is posted. */
export type FromPlanner =
  | {
      readonly kind: 'planned';
      readonly id: number;
      readonly found: boolean;
      readonly reason: string;
      readonly ms: number;
      readonly evaluations: number;
      readonly threads: number;
      /** What rolled out, for people. */
      readonly engine: string;
      readonly fault: string;
    }
  | { readonly kind: 'picture'; readonly id: number; readonly frame: Uint8Array }
  | { readonly kind: 'failed'; readonly id: number; readonly reason: string }
  /** A kernel was measured; it need not be again. */
  | { readonly kind: 'tuned'; readonly tuned: TunedShape };
