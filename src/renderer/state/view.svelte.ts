import type { PlanFrame } from '../../shared/episodes/planFrame';
import { applyTheme, onSystemTheme, readPalette, systemTheme, type Palette, type Theme, type ThemeChoice } from '../theme/theme';

export type FanMode = 'all' | 'best' | 'tube';
/** What fills the window. */
export type Screen = 'workbench' | 'recordings';
export type Preset = 'front' | 'threeQuarter' | 'top';
/** What the newcomer is invited to do. */
export const invitations = ['watch', 'kick', 'target', 'forget'] as const;
export type Invitation = (typeof invitations)[number];

/** What is remembered between two visits. */
interface Remembered {
  theme: ThemeChoice;
  past: number;
  plan: number;
  fan: FanMode;
  depth: boolean;
  showFan: boolean;
  preset: Preset;
  signals: string[] | null;
  open: Record<string, boolean>;
  guide: boolean;
  allSettings: boolean;
  done: Invitation[];
}
const fresh = (): Remembered => ({
  theme: 'system',
  past: 3,
  plan: 1,
  fan: 'best',
  depth: true,
  showFan: true,
  preset: 'threeQuarter',
  signals: null,
  open: {},
  guide: true,
  allSettings: false,
  done: [],
});
const KEY = 'upright.view';
export const PAST_CHOICES = [3, 6, 12, 30, 60] as const;
export const LONGEST_PAST = 300;

/** How this page looks at the workbench: its own business, never sent, partly remembered by the browser. */
export class View {
  themeChoice = $state<ThemeChoice>('system');
  theme = $state<Theme>('dark');
  palette = $state.raw<Palette>(undefined as unknown as Palette);
  /** Seconds of history in the plots. */
  past = $state(3);
  /** Share of the plan's horizon in the plots, 0 … 1. */
  planShare = $state(1);
  /** The moment at which the view stands still, with the plan of then; undefined follows the loop. History goes on all the same. */
  frozen = $state.raw<{ readonly at: number; readonly plan: PlanFrame | undefined; readonly planAt: number } | undefined>(undefined);
  fan = $state<FanMode>('best');
  depth = $state(true);
  showFan = $state(true);
  preset = $state<Preset>('threeQuarter');
  /** Ids of the signals shown; null shows the plant's own choice. */
  signals = $state<string[] | null>(null);
  /** Which sections of the form are open. */
  open = $state<Record<string, boolean>>({});
  guide = $state(true);
  allSettings = $state(false);
  done = $state<Invitation[]>([]);
  keySheet = $state(false);
  screen = $state<Screen>('workbench');
  /** Whether the scene can draw, or never will. */
  sceneReady = $state(false);
  /** How the scene is drawn, said in the strip. */
  drawing = $state('');

  constructor(private readonly storage: Storage | undefined) {
    const kept = { ...fresh(), ...this.read() };
    this.themeChoice = kept.theme;
    this.past = Math.min(LONGEST_PAST, Math.max(1, Number(kept.past) || 3));
    this.planShare = kept.plan === 0.5 || kept.plan === 0 ? kept.plan : 1;
    this.fan = kept.fan;
    this.depth = kept.depth;
    this.showFan = kept.showFan;
    this.preset = kept.preset;
    this.signals = Array.isArray(kept.signals) ? kept.signals : null;
    this.open = { ...kept.open };
    this.guide = kept.guide;
    this.allSettings = kept.allSettings;
    this.done = [...kept.done];
    this.paint();
  }

  /** Whether the newcomer's layout is on: scene and signals, no forms. */
  get firstStart(): boolean {
    return this.guide && !this.allSettings;
  }
  freeze(at: number, plan?: PlanFrame, planAt = at): void {
    this.frozen = { at, plan, planAt };
  }
  setScreen(screen: Screen): void {
    this.screen = screen;
  }
  goLive(): void {
    this.frozen = undefined;
  }
  setTheme(choice: ThemeChoice): void {
    this.themeChoice = choice;
    this.paint();
    this.remember();
  }
  setPast(seconds: number): void {
    this.past = Math.min(LONGEST_PAST, Math.max(1, seconds));
    this.remember();
  }
  setPlanShare(share: number): void {
    this.planShare = share;
    this.remember();
  }
  setFan(fan: FanMode): void {
    this.fan = fan;
    this.showFan = true;
    this.remember();
  }
  toggleFan(): void {
    this.showFan = !this.showFan;
    this.remember();
  }
  toggleDepth(): void {
    this.depth = !this.depth;
    this.remember();
  }
  setPreset(preset: Preset): void {
    this.preset = preset;
    this.remember();
  }
  setSignals(signals: string[] | null): void {
    this.signals = signals;
    this.remember();
  }
  setOpen(section: string, open: boolean): void {
    this.open = { ...this.open, [section]: open };
    this.remember();
  }
  dismissGuide(): void {
    this.guide = false;
    this.remember();
  }
  showGuide(): void {
    this.guide = true;
    this.done = [];
    this.remember();
  }
  showAllSettings(shown: boolean): void {
    this.allSettings = shown;
    this.remember();
  }
  didInvitation(invitation: Invitation): void {
    if (!this.guide || this.done.includes(invitation)) return;
    this.done = [...this.done, invitation];
    this.remember();
  }
  /** Follows the system's theme while nobody chose one. @returns ends it */
  followSystem(): () => void {
    return onSystemTheme(() => this.paint());
  }

  private paint(): void {
    this.theme = this.themeChoice === 'system' ? systemTheme() : this.themeChoice;
    applyTheme(this.theme);
    this.palette = readPalette();
  }
  private read(): Partial<Remembered> {
    try {
      const kept: unknown = JSON.parse(this.storage?.getItem(KEY) ?? '{}');
      return typeof kept === 'object' && kept !== null ? (kept as Partial<Remembered>) : {};
    } catch {
      return {}; // somebody else's text under our name: begin afresh
    }
  }
  private remember(): void {
    const kept: Remembered = {
      theme: this.themeChoice,
      past: this.past,
      plan: this.planShare,
      fan: this.fan,
      depth: this.depth,
      showFan: this.showFan,
      preset: this.preset,
      signals: this.signals,
      open: this.open,
      guide: this.guide,
      allSettings: this.allSettings,
      done: this.done,
    };
    try {
      this.storage?.setItem(KEY, JSON.stringify(kept));
    } catch {
      // a full or forbidden storage only means that nothing is remembered
    }
  }
}
