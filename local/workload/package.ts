import { join } from 'node:path';
import { buildSync } from 'esbuild';
import yazl from 'yazl';

/** Builds one of the workload's functions into a deployment package. The same source gives the same bytes. */
export const packageFunction = async (name: string): Promise<Buffer> => {
  const { outputFiles } = buildSync({
    entryPoints: [join(__dirname, 'functions', `${name}.ts`)],
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node20',
    write: false,
  });
  const zip = new yazl.ZipFile();
  zip.addBuffer(Buffer.from(outputFiles[0]?.contents ?? []), 'index.js', {
    mtime: new Date('2026-01-01T00:00:00Z'),
  });
  zip.end();
  const chunks: Buffer[] = [];
  for await (const chunk of zip.outputStream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
};
