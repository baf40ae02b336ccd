/*
 * The block of a Gaussian process in a kernel's memory. Read by the host (TypeScript) and by the kernel (AssemblyScript):
 * nothing but integer constants, bytes.
 */

/** Addresses of working memory: scaled inputs of an output, [1 + D] rows; exponents of the points, [points] × 2 rows. */
export const SCALED = 0;
export const EXPONENTS = 4;
/** Outputs, 32 bytes each. */
export const SUM_TABLE = 32;
export const SUM_BYTES = 32;
/** Words of an output: points; inputs; how many of them are even; sign under the mirror (0: none); form of the sum. */
export const SUM_POINTS = 0;
export const SUM_INPUTS = 4;
export const SUM_EVENS = 8;
export const SUM_PARITY = 12;
export const SUM_FORM = 16;
/** Address of its inputs, 8 bytes each: address of the row of the feature, counted from the first; factor. */
export const SUM_SCALES = 20;
/** Address of its points: floats −½ |z_i|², weight, weight · 2^(−½ |z_i|²), z_i [D] with the even inputs first. */
export const SUM_ROWS = 24;
export const ROW_WEIGHT = 4;
export const ROW_FOLDED = 8;
export const ROW_INPUTS = 12;

/** Forms: two powers a point for any hyperparameters; one power and one hyperbolic sine where they are mild. */
export const FORM_TWO = 0;
export const FORM_FACTORED = 1;
