/** The few functions of culori that the palette's tests use; the package brings no types. */
declare module 'culori' {
  export interface Color {
    readonly mode: string;
  }
  export function parse(colour: string): Color | undefined;
  export function wcagContrast(a: string | Color, b: string | Color): number;
  export function differenceCiede2000(): (a: Color, b: Color) => number;
  type Filter = (severity: number) => (colour: Color) => Color;
  export const filterDeficiencyDeuter: Filter;
  export const filterDeficiencyProt: Filter;
  export const filterDeficiencyTrit: Filter;
}
