import { constants } from 'node:fs';
import { open } from 'node:fs/promises';

/** A manifest lists some thousand artifacts in a megabyte; more than this is read by nobody. */
export const LARGEST_MANIFEST = 256 * 1024 * 1024;
export const LARGEST_SMALL_FILE = 16 * 1024 * 1024;

/** A small file's bytes; a sentence where it cannot be read, null where there is none. */
export const readSmall = async (path: string, most: number): Promise<Buffer | string | null> => {
  try {
    const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const facts = await file.stat();
      if (!facts.isFile()) return 'it is no file';
      if (facts.size > most) return `it is larger than ${most} bytes`;
      return await file.readFile();
    } finally {
      await file.close();
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    return code === 'ELOOP' ? 'it is a symbolic link' : `it cannot be read (${code ?? String(error)})`;
  }
};
