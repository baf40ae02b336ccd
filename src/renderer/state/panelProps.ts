import type { Frames } from './frames';
import type { View } from './view.svelte';
import type { Workbench } from './workbench.svelte';

/** What every panel is given. */
export interface PanelProps {
  readonly workbench: Workbench;
  readonly view: View;
  readonly frames: Frames;
}
