import { randomBytes } from 'node:crypto';

/** A file as the desk holds it: announced, then uploaded, then shared by a message. */
export type DeskFile = {
  readonly id: string;
  readonly name: string;
  readonly title: string;
  /** In bytes, as it was announced. */
  readonly size: number;
  /** Null until it is uploaded. */
  readonly content: Buffer | null;
  readonly completed: boolean;
};

export type Uploaded = 'ok' | 'no_such_upload' | 'uploaded_already' | 'wrong_length';

export type Files = {
  /** Keeps what is to come, and gives the secret of the address that it is to be sent to. */
  readonly announce: (name: string, size: number) => { readonly id: string; readonly secret: string };
  /** Takes the bytes, once, and only as many as were announced. */
  readonly upload: (secret: string, content: Buffer) => Uploaded;
  readonly find: (id: string) => DeskFile | undefined;
  readonly complete: (id: string, title: string) => void;
};

export const openFiles = (): Files => {
  const byId = new Map<string, DeskFile>();
  const bySecret = new Map<string, string>();
  return {
    announce: (name, size) => {
      const id = `F${randomBytes(5).toString('hex').toUpperCase()}`;
      const secret = randomBytes(16).toString('hex');
      byId.set(id, { id, name, title: name, size, content: null, completed: false });
      bySecret.set(secret, id);
      return { id, secret };
    },
    upload: (secret, content) => {
      const file = byId.get(bySecret.get(secret) ?? '');
      if (file === undefined) return 'no_such_upload';
      if (file.content !== null) return 'uploaded_already';
      if (content.length !== file.size) return 'wrong_length';
      byId.set(file.id, { ...file, content });
      return 'ok';
    },
    find: (id) => byId.get(id),
    complete: (id, title) => {
      const file = byId.get(id);
      if (file !== undefined) byId.set(id, { ...file, title: title || file.name, completed: true });
    },
  };
};
