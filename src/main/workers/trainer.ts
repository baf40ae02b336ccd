// A thread that trains members of networks, beside the thread that began the training.
import { parentPort } from 'node:worker_threads';
import { helpTrain, type SharedTraining } from '../../shared/models/network/kernelTrainer';

if (parentPort === null) throw new Error('This file is the entry of a training thread.');
parentPort.on('message', (training) => helpTrain(training as SharedTraining));
