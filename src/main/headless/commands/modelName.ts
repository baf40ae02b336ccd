import { dirname } from 'node:path';
import { fileExists, modelPath } from '../../storage/modelFile';
import { LackingError, UsageError } from '../refusals';
import { makeFolder } from '../../storage/makeFolder';

/**
 * Where a model of this name will be kept; asked before anything is computed, so that no fit is lost at its end.
 *
 * @param replace  whether a model of that name may be replaced
 * @throws UsageError for a name that cannot be one or is taken, LackingError when nothing can be written there
 */
export async function fileForModel(home: string, name: string, replace: boolean): Promise<string> {
  let file: string;
  try {
    file = modelPath(home, name);
  } catch (error) {
    throw new UsageError('value', (error as Error).message, 'Choose another name.');
  }
  await makeFolder(dirname(file)).catch((error: unknown) => {
    throw new LackingError(
      'home',
      `Models cannot be kept in ${dirname(file)}: ${(error as Error).message}.`,
      'Choose another folder with --home.',
    );
  });
  if (!replace && (await fileExists(file))) {
    throw new UsageError(
      'exists',
      `There is already a model "${name}".`,
      'Choose another name, or replace it with --force where the command has it.',
    );
  }
  return file;
}
