/** A recording as a table: a row for each period, columns with names and units. */
export interface Table {
  /** One line for people. */
  readonly title: string;
  readonly rows: number;
  readonly columns: readonly TableColumn[];
  /** What the table leaves out of the recording, a sentence each. */
  readonly losses: readonly string[];
  /** Everything else that is known, as texts by name; a form that holds them loses nothing of them. */
  readonly metadata: Readonly<Record<string, string>>;
}
export type TableColumn = {
  readonly name: string;
  /** Empty for none. */
  readonly unit: string;
} & (
  | {
      readonly kind: 'number';
      readonly values: Float64Array;
      /** Rows without a value: 1; none are when absent. */
      readonly missing?: Uint8Array;
    }
  | { readonly kind: 'text'; readonly values: readonly (string | null)[] }
  | { readonly kind: 'truth'; readonly values: readonly (boolean | null)[] }
);
