import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Answer, refusal } from './http/answer';
import { codeOf } from './json';

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
};

/** The page loads its own files and talks to the desk, and can do nothing else. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join('; ');

const NAME = /^[a-zA-Z]{1,40}\.(css|js)$/;

export const page = (): Promise<Answer> => serve(join(__dirname, 'page.html'), 'html');

/** A file of the page. The name is a bare one, so it stays within the folder. */
export const pageFile = async (name: string): Promise<Answer> => {
  const extension = NAME.exec(name)?.[1];
  return extension === undefined
    ? refusal(404, 'no such file')
    : serve(join(__dirname, 'page', name), extension);
};

const serve = async (path: string, extension: string): Promise<Answer> => {
  try {
    const headers = { 'Content-Type': TYPES[extension] ?? '', 'Content-Security-Policy': POLICY };
    return { status: 200, headers, body: await readFile(path, 'utf8') };
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return refusal(404, 'no such file');
    throw error;
  }
};
