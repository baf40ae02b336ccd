/*
 * Where the training kernel finds its work in its memory. Read by the host (TypeScript) and by the kernel (AssemblyScript):
 * nothing but integer constants, bytes unless said otherwise. Numbers of a network are 32-bit floats. Widths are rounded up
 * to whole vectors of four; what is added holds 0 and stays 0.
 */

/** Units of a vector: every width, and the samples of a batch, are rounded up to a multiple. */
export const VECTOR = 4;

/** The work: 32-bit words. Number of weight layers; activation and loss by the numbers below; samples of the batch. */
export const LAYERS = 2048;
export const ACTIVATION = 2052;
export const LOSS = 2056;
export const SAMPLES = 2060;
/** Most samples that go through the network together, a multiple of VECTOR. */
export const TILE = 2064;
/**
 * Addresses. Batch: inputs [samples × inputs], targets [samples × outputs]. Of the member: parameters, and the moments in
 * the same order. Gradient in that order too. A row of zeros as wide as the widest layer; for each output 0 where it only
 * fills up, else all bits set.
 */
export const BATCH_INPUTS = 2068;
export const BATCH_TARGETS = 2072;
export const PARAMETERS = 2076;
export const FIRST_MOMENTS = 2080;
export const SECOND_MOMENTS = 2084;
export const GRADIENT = 2088;
export const ZEROS = 2092;
export const WANTED = 2096;
/** Two arrays [tile × widest] that take turns in holding what comes back through the layers. */
export const DELTA = 2100;
export const OTHER_DELTA = 2104;
/** Bytes of a member's parameters; bytes of a row of targets. */
export const PARAMETER_BYTES = 2108;
export const TARGET_BYTES = 2112;
/** Floats: 1 / samples; least and most log variance; strength of the pull that brings back what strays. The rest `prepare` writes. */
export const PER_SAMPLE = 2116;
export const LEAST = 2120;
export const MOST = 2124;
export const PULL = 2128;
export const HALF = 2132;
export const MINUS_LOG2E = 2136;
export const LEAST_EXPONENT = 2140;
export const MOST_EXPONENT = 2144;
/**
 * Addresses. What a batch is picked from: all inputs and targets, in rows as wide as those of the batch; a 32-bit word for
 * each sample of the batch, twice the number of its row, plus 1 for its mirror image; the signs of that image.
 */
export const PICKS = 2148;
export const ALL_INPUTS = 2152;
export const ALL_TARGETS = 2156;
export const INPUT_SIGNS = 2160;
export const TARGET_SIGNS = 2164;

/** A table of the layers, 32 bytes each. */
export const LAYER_TABLE = 2304;
export const LAYER_BYTES = 32;
/** Widths, as numbers of units. */
export const LAYER_INPUTS = 0;
export const LAYER_OUTPUTS = 4;
/** Where the weights [inputs × outputs] and the biases [outputs] stand among the parameters, bytes from their start. */
export const LAYER_WEIGHTS = 8;
export const LAYER_BIASES = 12;
/** Addresses: results [tile × outputs], slopes of the activation there, the weights transposed [outputs × inputs]. */
export const LAYER_RESULTS = 16;
export const LAYER_SLOPES = 20;
export const LAYER_TRANSPOSED = 24;
/** Inputs that do not only fill up, as a number. */
export const LAYER_USED = 28;
export const MOST_LAYERS = 16;

/** From here on memory belongs to the host. */
export const FREE = 4096;

export const ACTIVATION_SILU = 0;
export const ACTIVATION_TANH = 1;
export const ACTIVATION_RELU = 2;
export const LOSS_SQUARED_ERROR = 0;
export const LOSS_GAUSSIAN_LIKELIHOOD = 1;
