import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';

/** Bytes read at a time: two such buffers are all that a file of any size takes. */
const CHUNK = 4 * 1024 * 1024;

export type Hashed = { readonly sha256: string; readonly size: number };

/**
 * SHA-256 of a file in constant memory: one piece is hashed while the next is read. Follows no symbolic link in the last
 * place of the path (ELOOP).
 */
export const hashFile = async (path: string, seen: (bytes: number) => void): Promise<Hashed> => {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    const hash = createHash('sha256');
    let size = 0;
    let next = Buffer.allocUnsafe(CHUNK);
    let reading = file.read(next, 0, CHUNK, null);
    let spare = Buffer.allocUnsafe(CHUNK);
    for (;;) {
      const { bytesRead } = await reading;
      if (bytesRead === 0) break;
      const full = next;
      next = spare;
      spare = full;
      reading = file.read(next, 0, CHUNK, null);
      hash.update(full.subarray(0, bytesRead));
      size += bytesRead;
      seen(bytesRead);
    }
    return { sha256: hash.digest('hex'), size };
  } finally {
    await file.close();
  }
};
