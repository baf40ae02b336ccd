import { Matrix, SingularValueDecomposition } from 'ml-matrix';

/**
 * The shortest x that minimises |A x − b|, by singular values: directions that the rows say nothing about get 0.
 *
 * @param A        [rows × columns], row-major
 * @param targets  columns of [rows], each solved for
 * @returns        for each target [columns]
 */
export function leastSquares(A: Float64Array, rows: number, columns: number, targets: readonly Float64Array[]): Float64Array[] {
  if (columns === 0) return targets.map(() => new Float64Array(0));
  const matrix = new Matrix(rows, columns);
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) matrix.set(i, j, A[i * columns + j]);
  const svd = new SingularValueDecomposition(matrix, { autoTranspose: true });
  return targets.map((b) => Float64Array.from(svd.solve(Matrix.columnVector(b)).to1DArray()));
}
