/** The panels of the workbench: one line each. The page places them; no panel knows another. */
export * as bar from './bar/Bar.svelte';
export * as strip from './strip/Strip.svelte';
export * as settings from './settings/Settings.svelte';
export * as stage from './stage/Stage.svelte';
export * as hands from './hands/Hands.svelte';
export * as signals from './signals/Signals.svelte';
export * as learning from './learning/Learning.svelte';
export * as timeline from './timeline/Timeline.svelte';
export * as guide from './guide/Guide.svelte';
export * as keySheet from './keySheet/KeySheet.svelte';
export * as notices from './notices/Notices.svelte';
export * as recordings from './recordings/Recordings.svelte';
export * as compare from './compare/Compare.svelte';
export * as transport from './transport/Transport.svelte';
