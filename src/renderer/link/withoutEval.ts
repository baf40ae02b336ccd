import { z } from 'zod';

// The page's policy forbids code made from text, and zod would try whether it may. Must be imported before the contract.
z.config({ jitless: true });
