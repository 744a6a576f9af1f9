import { randomBytes } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  PutLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { CreateFunctionCommand } from '@aws-sdk/client-lambda';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { ZipFile } from 'yazl';
import type { LocalClients } from '../local/clients';
import { makeSuspects, type Suspect } from './suspects';

const MEGABYTE = 1024 * 1024;
/** Files of a package: the more there are, the longer its table of contents. */
const FILES = 1000;

/** Random bytes, which do not compress: the zip is as large as what is in it. */
async function* noise(bytes: number): AsyncGenerator<Buffer> {
  for (let left = bytes; left > 0; left -= MEGABYTE) yield randomBytes(Math.min(left, MEGABYTE));
}

/** A package at Lambda's limit, unzipped, as a file: many npm packages, and data. */
const writePackage = async (path: string, megabytes: number): Promise<void> => {
  const zip = new ZipFile();
  zip.addBuffer(Buffer.from('exports.handler = async () => ({ ok: true });'), 'index.js');
  for (let index = 0; index < FILES; index++)
    zip.addBuffer(
      Buffer.from(JSON.stringify({ name: `package-${index}`, version: `1.0.${index}` })),
      `node_modules/package-${index}/package.json`,
    );
  // A megabyte is left for the files above.
  for (let index = 0; index < 10; index++)
    zip.addReadStreamLazy(`data/${index}.bin`, { compress: false }, (done) =>
      done(null, Readable.from(noise(((megabytes - 1) / 10) * MEGABYTE))),
    );
  zip.end();
  await pipeline(zip.outputStream, createWriteStream(path));
};

/** A function with a package of so many MiB, which is in the local AWS from then on. */
export const makeLargeFunction = async (
  clients: LocalClients,
  scratch: string,
  megabytes: number,
): Promise<Suspect> => {
  const [{ role } = { role: '' }] = await makeSuspects(clients, 1);
  const name = `bench-large-${randomBytes(4).toString('hex')}`;
  const path = join(scratch, 'large.zip');
  await writePackage(path, megabytes);
  await clients.s3.send(new CreateBucketCommand({ Bucket: name }));
  const Key = 'package.zip';
  await new Upload({
    client: clients.s3,
    params: { Bucket: name, Key, Body: createReadStream(path) },
  }).done();
  const { FunctionArn = '' } = await clients.lambda.send(
    new CreateFunctionCommand({
      FunctionName: name,
      Runtime: 'nodejs22.x',
      Handler: 'index.handler',
      Role: role,
      Code: { S3Bucket: name, S3Key: Key },
    }),
  );
  return { name, arn: FunctionArn, role };
};

const STREAMS = 20;
/** PutLogEvents takes 1 MiB, 26 bytes of it for each line. */
const IN_ONE_CALL = 5000;

/** Fills a function's log group with lines of the last hours, over several streams, some 130 bytes each. */
export const writeLogs = async (
  { logs }: LocalClients,
  functionName: string,
  lines: number,
): Promise<void> => {
  const logGroupName = `/aws/lambda/${functionName}`;
  await logs.send(new CreateLogGroupCommand({ logGroupName }));
  const from = Date.now() - 3 * 60 * 60 * 1000;
  for (let stream = 0; stream < STREAMS; stream++) {
    const logStreamName = `2026/11/20/[$LATEST]${stream}`;
    await logs.send(new CreateLogStreamCommand({ logGroupName, logStreamName }));
    const inStream = Math.floor((lines * (stream + 1)) / STREAMS) - Math.floor((lines * stream) / STREAMS);
    for (let start = 0; start < inStream; start += IN_ONE_CALL) {
      const logEvents = Array.from({ length: Math.min(IN_ONE_CALL, inStream - start) }, (_, index) => ({
        timestamp: from + start + index,
        message: `INFO order ${stream}-${start + index} was taken from the queue, checked and given to the warehouse; nothing else is to be said of it\n`,
      }));
      await logs.send(new PutLogEventsCommand({ logGroupName, logStreamName, logEvents }));
    }
  }
};
