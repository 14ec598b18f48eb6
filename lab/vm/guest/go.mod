module leadline/guest

go 1.21
