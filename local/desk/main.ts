import { readFile } from 'node:fs/promises';
import { DeskOptionsInvalid } from './errors';
import { parseJson } from './json';
import { parseOptions } from './options';
import { startDesk } from './server';

/** Runs the desk until it is told to stop: `tsx local/desk/main.ts options.json`. */
const main = async (path: string | undefined): Promise<void> => {
  if (path === undefined) throw new DeskOptionsInvalid('usage: tsx local/desk/main.ts <options.json>');
  const options = parseJson(await readFile(path, 'utf8'));
  if (options === undefined) throw new DeskOptionsInvalid(`${path} is not JSON`);
  const desk = await startDesk(parseOptions(options));
  console.log(`slack desk on ${desk.url}`);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => void desk.close().then(() => process.exit(0)));
  }
};

main(process.argv[2]).catch((error: unknown) => {
  console.error(error instanceof Error ? `${error.name}: ${error.message}` : error);
  process.exitCode = 1;
});
