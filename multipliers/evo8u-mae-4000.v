module evo8u_mae_4000(input [7:0] a, input [7:0] b, output [15:0] p);
  wire n18 = a[7] & b[6];
  wire n19 = a[7] & b[7];
  wire n20 = n18 ^ n19;
  wire n21 = n18 & n19;
  wire n22 = ~n19;
  wire n23 = ~a[7];
  assign p = {n21, n20, b[7], a[6], b[5], a[6], a[6], a[4], b[0], 1'b1, 1'b0, b[6], n23, 1'b0, n22, a[6]};
endmodule

