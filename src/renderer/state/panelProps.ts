import type { Frames } from './frames';
import type { Recordings } from './recordings.svelte';
import type { View } from './view.svelte';
import type { Workbench } from './workbench.svelte';

/** What every panel is given. */
export interface PanelProps {
  readonly workbench: Workbench;
  readonly recordings: Recordings;
  readonly view: View;
  readonly frames: Frames;
}
