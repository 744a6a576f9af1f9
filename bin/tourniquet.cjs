#!/usr/bin/env node
'use strict';
// Node 20 is enough for the locked SDK versions.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
// The sources are TypeScript: tsx reads them as they are, so that a clone needs no build.
require('tsx/cjs');
require('../cli/main.ts');
