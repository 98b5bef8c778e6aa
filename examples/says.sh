#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# says.sh PROGRAM ANSWER: whether the program succeeds and says exactly that.
said=$("$1") && [ "$said" = "$2" ] && exit
echo "$1 said: $said"
exit 1
