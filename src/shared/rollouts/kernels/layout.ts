/*
 * Where a rollout kernel finds its problem in its memory. Read by the host (TypeScript) and by the kernels
 * (AssemblyScript): nothing but integer constants, bytes unless said otherwise. "Lanes" are the 8 candidates of a chunk:
 * two vectors of four 32-bit numbers, 32 bytes.
 */

/** Candidates of a chunk, and the bytes of one number of each. */
export const LANES = 8;
export const ROW = 32;

/** Constants of the elementary functions, written by `prepare`. */
export const CONSTANTS = 1024;

/** The problem: 32-bit words. */
export const HORIZON = 2048;
export const CHANNELS = 2052;
export const INPUTS = 2056;
export const OUTPUTS = 2060;
export const TERMS = 2064;
/** Addresses: actions [horizon] rows; tips [horizon + 1] rows of x and of y, or 0 when unwanted; the model's own block. */
export const ACTIONS = 2068;
export const TIPS = 2072;
export const MODEL = 2076;
/** Float: seconds; action under way before the first one; length of the rod whose end is the tip, m. */
export const PERIOD = 2080;
export const PREVIOUS_ACTION = 2084;
export const TIP_LENGTH = 2088;
/** Channels of the tip: the angle, and the place of the hinge or −1. */
export const TIP_ANGLE = 2092;
export const TIP_PLACE = 2096;
/** Number of wrapping channels whose sine and cosine are kept, and which they are (8 words). */
export const ANGLES = 2100;
export const ANGLE_CHANNELS = 2104;
/** First state, floats [8]; bounds of the channels, floats [8]. */
export const START = 2176;
export const BOUNDS = 2208;
/** Key of the noise of this search and particle (0: no noise), index of the first candidate of the chunk. */
export const NOISE_KEY = 2240;
export const FIRST_CANDIDATE = 2244;
/**
 * Candidates that are drawn: addresses of the noise bank, of mean and of spread, 64-bit floats [sequences × horizon], [horizon],
 * [horizon]; the family of their streams; the limit, a 64-bit float.
 */
export const DRAW_BANK = 2248;
export const DRAW_MEAN = 2252;
export const DRAW_SPREAD = 2256;
export const DRAW_FAMILY = 2260;
export const DRAW_LIMIT = 2264;

/** Inputs: 16 bytes each: address of the row (a channel, its cosine or sine, the action), unused, factor, sign under the mirror. */
export const INPUT_TABLE = 2304;
export const INPUT_BYTES = 16;
export const MOST_INPUTS = 16;
/** Outputs: 16 bytes each: channel, position channel or −1, sign under the mirror (0: none), unit. */
export const OUTPUT_TABLE = 2560;
export const OUTPUT_BYTES = 16;
export const MOST_OUTPUTS = 8;
/** Terms of the cost, 64 bytes each; see cost.ts of the kernels. */
export const TERM_TABLE = 2816;
export const TERM_BYTES = 64;
export const MOST_TERMS = 20;
export const TERM_MEASURE = 0;
/** Address of the row that the term looks at; of the cosines, for the cosine of an angle. */
export const TERM_ROW = 4;
export const TERM_SHAPE = 8;
export const TERM_TARGET = 12;
export const TERM_COSINE = 16;
export const TERM_SINE = 20;
export const TERM_WEIGHT = 24;
export const TERM_FACTOR = 28;
export const TERM_WIDTH = 32;
export const TERM_LINEAR = 36;
export const TERM_CAP = 40;
/** How the kernel takes the term: the two common forms have a short way. */
export const TERM_FORM = 44;

/** Working rows of the chunk: state, cosine and sine of each channel that wraps, actions, cost, inputs, outputs. */
export const STATE = 4096;
export const COSINE = 4352;
export const SINE = 4608;
export const ACTION = 4864;
export const ACTION_BEFORE = 4896;
export const COST = 4928;
export const INPUT_ROWS = 5120;
export const OUTPUT_ROWS = 5632;
export const SPREAD_ROWS = 5888;
/** From here on memory belongs to the host: actions, tips, weights, scratch. */
export const FREE = 6144;

/** What a term looks at: a row (a channel, the action) times a gain, an angle on the circle, a change of action, the tip. */
export const MEASURE_ROW = 0;
export const MEASURE_ANGLE = 1;
export const MEASURE_ACTION_CHANGE = 2;
export const MEASURE_TIP = 3;
/** What a term does with the distance. */
export const SHAPE_SQUARE = 0;
export const SHAPE_ONE_MINUS_COSINE = 1;
export const SHAPE_SATURATING = 2;
export const SHAPE_HINGE = 3;
/** The square of a row; 1 − cosine of an angle whose cosine and sine are kept; any other. */
export const FORM_SQUARE = 0;
export const FORM_COSINE = 1;
export const FORM_OTHER = 2;
