module leadline/lab/conform/wire

go 1.21
